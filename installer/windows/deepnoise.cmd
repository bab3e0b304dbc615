@echo off
rem The command line of DeepNoise.
"%~dp0launcher\Scripts\python.exe" -I "%~dp0setup.pyz" start %*
