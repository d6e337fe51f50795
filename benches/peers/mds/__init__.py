"""Parts of most discriminative stimuli, for comparisons."""
