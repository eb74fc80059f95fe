"""Tables, repositories, keys and feeds."""
