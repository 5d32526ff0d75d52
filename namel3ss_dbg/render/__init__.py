"""Floor 5, pictures: views of stops, events, frames and reports, and the two painters that turn them into text.

Values go in and text comes out; nothing in here prints. Import the module that has the view: none but the screen's
painter loads rich.
"""
