"""What was seen on the wire: entries and the file that keeps them."""
