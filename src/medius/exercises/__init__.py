"""Exercise definitions as data, and the mannequin that shows them."""
