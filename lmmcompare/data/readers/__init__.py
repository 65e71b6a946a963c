"""Readers of the formats that are not plain text, meant to run in a process of their own (see ``data.reader_process``).

Excel, Parquet, Feather, SPSS, Stata, SAS, MATLAB and packed files are read by native libraries, which a damaged file can
send into a crash, a loop or all the memory there is; R's, jamovi's and JASP's files are trees as
deep as their writer likes. So nothing here imports the rest of the app: ``main`` starts in a
quarter of a second, reads one file from its standard input under limits of memory and time, and gives back Arrow data
of six plain types (int64, float64, bool, timestamp, string, dictionary of strings), or a sentence about what is wrong.
"""
