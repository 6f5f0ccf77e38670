"""What the browser draws by scripts of ours: cards, the graph, sentences with links in them."""
