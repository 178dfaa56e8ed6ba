namespace PySpotify.Functions;

/// <summary>
/// An error with a sentence that says what to do. Step Functions knows it by its type name without the namespace, and
/// so do Retry and Catch in the definition.
/// </summary>
public abstract class PySpotifyException(string message, Exception? inner = null) : Exception(message, inner);
