"""案件登记表: the spreadsheet of cases as an office writes it, XLSX or CSV.

``read`` opens the file in a child process and tells its cells; ``parse`` finds the header and reads each row as one
case; ``template`` makes the empty sheet to download and the sheet of refused rows. Importing this package imports no
Django: the child process does, and must stay small.
"""
