"""The parts of messages: Block Kit elements, texts, labels, languages. Pure: values in, blocks out."""
