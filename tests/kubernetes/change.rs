//! What a change of each setting does to an installation: the table of the guide.
