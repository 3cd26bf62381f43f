"""What an evaluation found, told on the terminal, as JSON and as one self-contained page."""
