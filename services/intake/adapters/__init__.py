"""Tables, repositories and evidence files of intake."""
