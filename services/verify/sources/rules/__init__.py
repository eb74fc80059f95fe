"""What is true of files, mappings, spellings and due dates."""
