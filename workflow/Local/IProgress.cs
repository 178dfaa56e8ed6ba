using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Local;

/// <summary>Runs an execution and shows it meanwhile.</summary>
/// <param name="title">Tells which execution it is.</param>
/// <param name="run">Runs it.</param>
internal delegate Task ShowExecution(string title, Func<IProgress, Task> run);

/// <summary>Shows how far an execution has come.</summary>
internal interface IProgress
{
    /// <summary>Shows an event.</summary>
    void Show(HistoryEvent e);

    /// <summary>Shows what a function says.</summary>
    void Show(string message);
}
