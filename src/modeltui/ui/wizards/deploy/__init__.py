"""The form that deploys a model: which model, on which system, and then only what that system needs to be told."""
