"""The framework as an Excel table, the form that the Board's staff edit; YAML is the form that machines exchange."""
