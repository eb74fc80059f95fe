"""The days of the cluster round, who reads then, and the files brought to it."""
