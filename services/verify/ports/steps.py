"""Where the steps of reviews are kept: rules, requests for explanations, second signatures, objections, trail."""
