"""The three services of Công Tâm; none imports another."""
