"""AMD AIM Engine (`aim.eai.amd.com`): services, the models and templates they are made of, weights, configuration."""
