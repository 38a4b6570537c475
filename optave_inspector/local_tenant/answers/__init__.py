"""What the local tenant says to each action: made from the request alone, the same for the same request."""
