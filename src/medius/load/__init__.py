"""What a runner's watch says about the knee: distance, spikes, descent, running dynamics."""
