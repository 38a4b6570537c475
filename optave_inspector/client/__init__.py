"""One connection's life: token, handshake, frames both ways, ending."""
