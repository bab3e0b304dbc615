"""What can be said about plates without a network: assignment, library plates, accuracies."""
