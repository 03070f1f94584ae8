"""Cases in every state for a demonstration, made by the same verbs that people use; loading it again changes nothing."""

from core.sdk import SampleData
from plugins.development.sample.loading import load

SAMPLE = (SampleData(key="development.cases", load=load),)
