"""`passatk scaling fit|optimal|verdict|flops|plan|plot|laws`."""

from passatk.cli.generated import App
from passatk.cli.scaling import ask, fit, plan, plot

app = App(
    help="Scaling laws: fit them to training runs, ask them for the best model, judge models, plan trainings.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("fit")(fit.fit)
app.command("optimal")(ask.optimal)
app.command("verdict")(ask.verdict)
app.command("flops")(plan.flops)
app.command("plan")(plan.plan)
app.command("plot")(plot.plot)
app.command("laws")(ask.laws)
