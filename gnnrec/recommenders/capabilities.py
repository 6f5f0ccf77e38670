"""What a recommender can do beside scoring: pages ask for a capability, never for a model's name."""

from __future__ import annotations

EMBEDDINGS = "embeddings"
ATTENTION = "attention"
PROPAGATES = "propagates"
LAYERS = "layers"
DECOMPOSES = "decomposes"
COVERS = "covers"
NAMES_FRIENDS = "names_friends"
NAMES_FACTS = "names_facts"
FOLDS_IN = "folds_in"
EDITS_GRAPH = "edits_graph"
DIFFERENTIABLE = "differentiable"
SWITCHES = "switches"
FOLLOWS_CLICKS = "follows_clicks"
TRAVELS = "travels"
READS_FEATURES = "reads_features"

CAPABILITIES = {
    EMBEDDINGS: "People and items have vectors.",
    ATTENTION: "Attention weights can be read per layer and head.",
    PROPAGATES: "Messages travel along the edges of the graph.",
    LAYERS: "What it would know after each round of messages can be read.",
    DECOMPOSES: "A score splits exactly into one share per item of the person's history.",
    COVERS: "Those shares cover the whole score: a person is exactly the sum of their history.",
    NAMES_FRIENDS: "A score splits exactly over the person's history and the people whose tastes reach them, each by name.",
    NAMES_FACTS: "A score splits exactly over the item itself and each fact about it, by name.",
    FOLDS_IN: "Answers for a person it never saw, from a history alone.",
    EDITS_GRAPH: "Answers what changes when edges of the graph change, without retraining.",
    DIFFERENTIABLE: "Edge weights can be varied smoothly, as mask explainers need.",
    SWITCHES: "Friends, facts, circumstances or steps between clicks that it hears can be switched off, without retraining.",
    FOLLOWS_CLICKS: "Says what comes next after some clicks, whoever clicked.",
    TRAVELS: "Says what a person would have got on an earlier day.",
    READS_FEATURES: "Answers for a person of whom nothing but features is known.",
}
