"""The panels that the main window docks, one file each."""
