"""What messages are made of: Block Kit elements, texts, labels, languages. Pure: values in, blocks out."""
