"""BaizeAI Dataset (dataset.baizeai.io/v1alpha1): what modelfs makes of each model version."""
