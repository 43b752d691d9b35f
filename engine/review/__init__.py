"""Review: ordered rules that compare the data with itself and give findings. Pure.

No rule knows a drug, a dose or an interaction: text against structure, code against its own
key, this version against the last validated one.
"""
