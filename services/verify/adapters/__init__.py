"""Verify's tables, repositories, feed of intake and files of sources."""
