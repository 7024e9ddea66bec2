"""Words whose loss or gain turns a sentence into another while everything else in it stays."""

import pytest

from rag.grounding.retelling import lost_meaning

SIGNED = "The pact was signed during the visit of the Russian leader to Pyongyang."
BRIDGE = (
    "Orr, a Safe Roads member of the council, told reporters he had never met such a delay, and calling the bridge "
    "“open” misleads the drivers of the town."
)
NEWS = "On Monday Mayor Orr told the council he had heard word of Anna's leaving with “regret”."


@pytest.mark.parametrize(
    ("source", "text", "lost"),
    [
        ("The guards reportedly fled to Oslo.", "The guards fled to Oslo.", "reportedly"),
        ("The guards reportedly fled to Oslo.", "The guards are said to have fled to Oslo.", None),
        ("Police arrested the alleged smuggler.", "Police arrested the smuggler.", "alleged"),
        ("Ruiz is known to be on a trip in Oslo.", "Ruiz was on a trip in Oslo.", "known"),
        (NEWS, "Mayor Orr said that Anna had left with “regret”.", "left"),
        ("The Post reported, citing two officials, that Ruiz resigned.", "The Post reported that Ruiz resigned.", None),
        ("The council will meet in Oslo unless it snows.", "The council will meet in Oslo.", "unless"),
        ("Only members may vote in May.", "Members may vote in May.", "Only"),
        ("Somebody is holding the paper.", "Some people are holding the paper.", "Some"),
        ("Nearly 900 people fled.", "900 people fled.", "900"),
        ("Nearly 900 people fled.", "Almost 900 people fled.", None),
        ("Nearly 900 people fled; 900 were counted.", "900 people fled.", None),
        (BRIDGE, "Orr said that the bridge is “safe”.", "safe"),
        (BRIDGE, "Orr met the bridge as open.", "told"),
        (BRIDGE, "He called the bridge open.", "called"),
        (BRIDGE, "Orr said that calling the bridge “open” misleads the drivers of the town.", None),
        ("He held a meeting in Oslo.", "He met in Oslo.", None),
        ("Orr resigned, citing his health.", "Orr cited his health.", None),
        ("“We will build it,” Orr said.", "Orr said he will build it.", "we"),
        ("“We will build it,” Orr said.", "Orr said they will build it.", None),
        ("“We’ve lost,” Orr said.", "Orr said that he had lost.", "we"),
        ("“It is special for us,” Orr said.", "Orr said that it is special for him.", "we"),
        ("“It’s the best loaf I ate,” Orr said.", "Orr said his loaf was the best he ate.", "loaf"),
        ("“It’s my best loaf,” Orr said.", "Orr said it was his best loaf.", None),
        ("She also warned of storms.", "They also warned of storms.", "they"),
        ("Orr also warned of storms.", "He also warned of storms.", None),
        ("After the test the council imposed sanctions.", "It imposed sanctions because of the test.", "because"),
        ("Due to rain the fair closed.", "The fair closed because of rain.", None),
        ("In Norway, the fee is low.", "The fee is low.", "Norway"),
        ("In Norway, the fee is low.", "The fee is low in Norway.", None),
        ("In May 2020, the fee was low.", "The fee was low.", None),
        ("In response, Orr spoke of taxes.", "Orr spoke of taxes.", None),
        ("Orr said Oslo would be a place to rest.", "Orr said it was a place to rest.", "would be"),
        ("Orr said Oslo would be a place to rest.", "Orr said it would be a place to rest.", None),
        (SIGNED, "The pact was signed in Russia.", "Russia"),
        (SIGNED, "The pact was signed in Pyongyang.", None),
        ("Ruiz visited Oslo in May.", "The visit of Ruiz in Oslo was in May.", None),
        ("He voted for sanctions over the next ten years.", "He voted for sanctions for ten years.", None),
        ("The train reached Sochi, Russia, on Monday.", "The train is in Russia.", None),
        ("Ships met in Russian waters.", "Ships met in Russia.", None),
        ("Shoigu visited Oslo in July, among others.", "Shoigu visited Oslo in July.", None),
    ],
)
def test_what_a_retelling_leaves_out(source: str, text: str, lost: str | None) -> None:
    assert lost_meaning(text, source) == lost
