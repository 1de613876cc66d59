"""Words, templates and the example country, as YAML."""
