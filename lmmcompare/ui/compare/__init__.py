"""The panels of the Compare and Shrinkage pages, one file a tab or panel."""
