"""実績照会: asking departments for a year's actuals, and what they answer.

A round is opened (`opening`), goes out as one workbook a department (`form`, `workbook`, `parcel`,
`mail`), is followed on a board (`board`) and closed (`closing`).
"""
