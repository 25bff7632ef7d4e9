"""The draw of targets and of fixed teams (抽取), from frozen tables to a bundle."""
