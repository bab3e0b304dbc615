"""Where the images of the example lie, for the tests that every reader passes."""

from reader_layouts import Layout

LAYOUT = Layout(
    "lab-camera",
    "lab-camera",
    lambda key: f"{key[0]}/{key[1]}/dye{key[4]} of {key[2]} field{key[3]}.tif",
)
