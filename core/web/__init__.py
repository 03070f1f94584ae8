"""The page shell: base template, components, navigation, assets, errors, languages. Knows no part of the domain."""
