"""What the services share: the criteria language, the contracts between them, who acts, plumbing, web pages."""
