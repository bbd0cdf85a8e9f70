"""A tool for agents of LangChain (pip install langchain-core):

create_agent(model, tools=[plan_prompt])
"""

from client import ask
from langchain_core.tools import tool


@tool
def plan_prompt(prompt: str) -> dict:
    """Turns a short order into a verified plan, or refuses and says why.

    Pass what the person wrote, word for word. Carry out the steps only if ok is true.
    """
    # What is known of accounts comes from your own program, never from the model
    record = ask("/v1/run", {"prompt": prompt, "context": {"oracle": {"age_sec": 5}}})
    return {"ok": record["ok"], "reason": record["reason"], "steps": record["plan"]["steps"]}
