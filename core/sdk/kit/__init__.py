"""The conformance kit: ``pytest --dangjian-plugin=NAME`` holds an installed plugin to everything a plugin must keep to.

No code of the author's is needed: the kit starts the product on a database of its own, makes two tenants with rows in every
table of the plugin, and asks every route, job, subscriber and hook. Each check is one test whose name is what must hold;
what fails says what to do. An exemption needs a reason (:mod:`core.sdk.kit.exempting`) and stands in the report.
"""
