"""The design system as template tags; loaded for every template, so no ``{% load %}`` is needed.

``frame``: icons, assets, captured blocks, navigation. ``figures``: numbers, money, times, charts.
``people``: names, avatars, phones. ``blocks``: cards, stats, empty states, badges, fields.
"""
