"""A folder for each kind of feature: its commands, buttons, forms and messages; ``all`` lists them."""
