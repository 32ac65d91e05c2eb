"""The data of the lessons: one module a data set, each with ``load()``; none needs the network."""
