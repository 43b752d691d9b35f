"""The organiser: where a line lies, in how many units, and the week compartment by compartment.

Pure. It stands above the other pure rooms and compares the data with itself and with what a
reference publishes of the product: it knows no drug.
"""
