"""How the second reader is trained: examples, their variants, the network, the fit, the export."""
