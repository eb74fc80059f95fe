"""What a unit's earlier or shorter cycles came to."""
