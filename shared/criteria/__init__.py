"""The language of frameworks: model, loader, scoring rules, arithmetic of standings. Knows no service and no server."""
